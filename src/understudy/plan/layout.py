"""Where each file is under the results folder. Rules use it with "{wildcards}" for ids."""

from dataclasses import dataclass

FEATURES = {
    "identity": ("keypoints", "masks", "depth", "expression", "hands"),
    "reference": ("keypoints", "expression", "hands"),
}


LISTS = ("synthetic", "real_train", "real_test")  # in dataset/lists/


@dataclass(frozen=True)
class Layout:
    """Paths under `results`, as strings."""

    results: str

    def log(self, rule: str, *parts: str) -> str:
        return f"{self.results}/logs/{'/'.join((rule, *parts))}.log"

    def benchmark(self, rule: str, *parts: str) -> str:
        return f"{self.results}/benchmarks/{'/'.join((rule, *parts))}.tsv"

    @property
    def sources(self) -> str:
        """The folder of records of the user files that jobs read."""
        return f"{self.results}/sources"

    def video(self, kind: str, id_: str) -> str:
        return f"{self.results}/video/{kind}/{id_}.mp4"

    def facts(self, kind: str, id_: str) -> str:
        return f"{self.results}/video/{kind}/{id_}.json"

    def feature(self, kind: str, id_: str, name: str) -> str:
        return f"{self.results}/features/{kind}/{id_}/{name}.npz"

    def fit(self, kind: str, id_: str) -> str:
        return f"{self.results}/fit/{kind}/{id_}.npz"

    def coverage(self, identity: str) -> str:
        """What an identity's video shows of the person."""
        return f"{self.results}/coverage/{identity}.json"

    def avatar(self, identity: str, name: str = "avatar.safetensors") -> str:
        return f"{self.results}/avatar/{identity}/{name}"

    def room(self, background: str) -> str:
        """What is known of a background photo."""
        return f"{self.results}/room/{background}.npz"

    def people(self, background: str) -> str:
        """Who is in a background photo."""
        return f"{self.results}/room/{background}.people.json"

    def white(self, reference: str, identity: str, view: str) -> str:
        return f"{self.results}/white/{reference}/{identity}/{view}.mp4"

    def master(self, reference: str, identity: str, view: str) -> str:
        """The lossless RGBA video that composites are made from."""
        return f"{self.results}/white/{reference}/{identity}/{view}.rgba.mkv"

    def synthetic(self, reference: str, identity: str, view: str, background: str) -> str:
        return f"{self.results}/synthetic/{reference}/{identity}/{view}/{background}.mp4"

    def white_labels(self, reference: str, identity: str, view: str) -> str:
        """What is known of each frame of a white video, and of the composites made from it."""
        return f"{self.results}/white/{reference}/{identity}/{view}.labels.npz"

    def labels(self, reference: str, identity: str, view: str, background: str) -> str:
        """What is known of each frame of a video whose person stands in a room."""
        return f"{self.results}/synthetic/{reference}/{identity}/{view}/{background}.labels.npz"

    def quality(self, reference: str) -> str:
        """What may be wrong with the synthetic videos of a reference."""
        return f"{self.results}/quality/{reference}.parquet"

    def sheet(self, kind: str, id_: str) -> str:
        return f"{self.results}/sheets/{kind}/{id_}.jpg"

    def figures(self, reference: str) -> str:
        """What is seen of the figure in each of them."""
        return f"{self.results}/quality/{reference}.figures.json"

    @property
    def worst(self) -> str:
        """The synthetic videos to look at first."""
        return f"{self.results}/sheets/worst.jpg"

    def preview(self, reference: str) -> str:
        return f"{self.results}/sheets/preview/{reference}.webp"

    def experiments(self, dataset: str, name: str) -> str:
        return f"{self.results}/experiments/{dataset}/{name}"

    def dataset(self, name: str) -> str:
        return f"{self.results}/dataset/{name}"

    def gallery(self, name: str) -> str:
        return f"{self.results}/gallery/{name}"

    def release(self, name: str) -> str:
        return f"{self.results}/release/{name}"

    def checks(self, reference: str) -> str:
        """The table of the synthetic videos of a reference that were checked."""
        return f"{self.results}/checked/{reference}.parquet"

    @property
    def checked(self) -> str:
        """The table of synthetic videos that were checked."""
        return self.dataset("checked.parquet")

    @property
    def flags(self) -> str:
        """What the references and identities were flagged for."""
        return self.dataset("flags.json")

    def leakage(self, dataset: str) -> str:
        """What the check of test videos against all others found."""
        return self.experiments(dataset, "leakage.json")

    def run(self, dataset: str, model: str, point: str, seed: int | str) -> str:
        """The folder of one training; `point` is a Point's name."""
        return self.experiments(dataset, f"{model}/{point}/seed{seed}")
