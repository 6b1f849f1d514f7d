"""The packets of a video: when each is shown, and whether some are missing or damaged. Nothing is
decoded."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer

from understudy.errors import UserError
from understudy.video.container import ADVICE, video_stream
from understudy.video.matroska import wholeness

# Headers are rounded; a file that lacks a larger share than this was cut short.
MISSING_ALLOWED = 0.02
CLOCK_SET_BACK = Fraction("0.5")  # s
TS_PACKET, M2TS_PACKET = 188, 192  # bytes: ISO/IEC 13818-1, and with Blu-ray's time stamp
TS_SYNC = 0x47  # a packet's first byte
LAST_PACKETS = 5000  # of a file, among which one of the video is looked for


@dataclass(frozen=True)
class Packets:
    """times: of the shown packets, s, in file order, None for one that carries no time; hidden: how
    many more an edit list hides; promised: frames that the header announces, or 0; end,
    promised_end: s, of the last packet and as the header says, which may be 0; end_missing: nothing
    but its last bytes say that the file was cut short."""

    times: list[Fraction | None]
    hidden: int
    promised: int
    end: float
    promised_end: float
    end_missing: bool


def read_packets(container: InputContainer, path: Path | str) -> Packets:
    """The video's packets.

    Raises UserError if none is displayed, the file was cut short, its clock starts again, or a
    packet cannot be what an encoder wrote.
    """
    video = video_stream(container)
    end_missing = _end_missing(container)
    if "matroska" in container.format.name:
        stored = wholeness(path)
        end_missing = stored.missing > 0
        if stored.damaged:
            raise UserError(f"{path}: is damaged: a checksum in it is wrong; {ADVICE}")
    whole = _nal_check(container)
    promised = _promised(container)
    times: list[Fraction | None] = []
    hidden, end = 0, Fraction(0)
    clock: Fraction | None = None
    try:
        for packet in container.demux():
            if not packet.size:
                continue
            time = None if packet.pts is None else packet.pts * packet.time_base
            if time is not None:
                end = max(end, time + (packet.duration or 0) * packet.time_base)
            if packet.stream.index != video.index:
                continue
            if packet.dts is not None:
                before, clock = clock, packet.dts * packet.time_base
                if before is not None and clock < before - CLOCK_SET_BACK:
                    raise UserError(
                        f"{path}: its clock jumps back after frame {len(times)}, as in two "
                        "recordings put one behind the other; split it there, or convert it to .mp4"
                    )
            if whole and not whole(bytes(packet)):
                raise UserError(f"{path}: is damaged at frame {len(times)}; {ADVICE}")
            if packet.is_discard:
                hidden += 1
            else:
                times.append(time)
    except av.FFmpegError:
        pass  # a file cut short may end in half a packet: judged by how much came before
    if not times:
        raise UserError(f"{path}: its video stream is empty; copy or record it again")
    if container.format.name == "avi" and clock is not None and video.average_rate:
        # The header also counts frames that were dropped, which leave a gap in the clock.
        step = clock / max(1, len(times) - 1)  # the last frame stays as long as the others
        promised -= max(0, round((clock + step) * video.average_rate) - len(times))
    promised_end = (container.duration or 0) / av.time_base
    _refuse_cut_short(path, len(times) + hidden, promised, float(end), promised_end)
    return Packets(times, hidden, promised, float(end), promised_end, end_missing)


def _promised(container: InputContainer) -> int:
    """How many frames the header announces, or 0; those that an edit list skips are counted in the
    header of an .mp4, but not in its index."""
    video = video_stream(container)
    if "mp4" in container.format.name:
        return min(video.frames, len(video.index_entries))
    return video.frames


def _end_missing(container: InputContainer) -> bool:
    """Whether a file of a kind that announces no length ends in the middle of something."""
    if container.format.name != "mpegts":
        return container.format.name == "asf" and container.duration is None
    for size in (TS_PACKET, M2TS_PACKET):
        with open(container.name, "rb") as file:
            file.seek(max(0, container.size - LAST_PACKETS * size))
            tail = file.read()
        if container.size % size == 0 and tail[-TS_PACKET] == TS_SYNC:
            return _picture_is_cut(tail, size, video_stream(container).id)
    return True


def _picture_is_cut(tail: bytes, size: int, stream: int) -> bool:
    """Whether the last packet of a stream is full, in the end of a file of packets of `size` bytes.
    The last one of a picture is padded (ISO/IEC 13818-1, 2.4.3.5), but for one in 184 that fits."""
    for end in range(len(tail), size - 1, -size):
        packet = tail[end - TS_PACKET : end]
        if int.from_bytes(packet[1:3]) & 0x1FFF == stream and packet[3] & 0x10:
            padded = packet[3] & 0x20 and packet[4] != (7 if packet[5] & 0x10 else 1)
            return not padded
    return False


def _nal_check(container: InputContainer) -> Callable[[bytes], bool] | None:
    """For H.264 and HEVC in containers that put its length before each NAL unit: whether a packet
    is made of such units. FFmpeg's HEVC decoder notices hardly any damage."""
    context = video_stream(container).codec_context
    header = context.extradata or b""
    place = {"h264": 4, "hevc": 21}.get(context.name)  # ISO/IEC 14496-15, 5.3.3.1 and 8.3.3.1
    if place is None or len(header) <= place or header[0] != 1:
        return None
    length = (header[place] & 3) + 1

    def whole(packet: bytes) -> bool:
        at = 0
        while at < len(packet):
            size = int.from_bytes(packet[at : at + length])
            at += length
            # Three zeros in a row never occur in a unit (ISO/IEC 14496-10, 7.4.1), but may pad it.
            if size == 0 or b"\0\0\0" in packet[at : at + size].rstrip(b"\0"):
                return False
            at += size
        return at == len(packet)

    return whole


def _refuse_cut_short(
    path: Path | str, frames: int, promised_frames: int, end: float, promised: float
) -> None:
    """UserError if the header announces clearly more than the file holds."""
    if frames < promised_frames * (1 - MISSING_ALLOWED) - 1:
        raise UserError(
            f"{path}: is truncated: it has {frames} of {promised_frames} frames; copy it again"
        )
    if end and end < promised * (1 - MISSING_ALLOWED) - 0.5:
        raise UserError(
            f"{path}: is truncated: it has {end:.1f} of {promised:.1f} s; copy it again"
        )
