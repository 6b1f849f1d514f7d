"""The words that the config can choose from: where each word's code is, as "module:name".

They are strings so that a word's packages are imported only where it is used, and so that an
output becomes stale when its own word's code changes, not when another's does (`plan.code`).
"""

CHOICES = {
    "keypoints": {
        "mediapipe": "understudy.features.mediapipe.keypoints:detect_keypoints",
        "mmpose": "understudy.features.openmmlab.keypoints:detect_keypoints",
    },
    "masks": {
        "mediapipe": "understudy.features.mediapipe.masks:detect_masks",
        "sam": "understudy.features.sam.masks:detect_masks",
        "sam_l": "understudy.features.sam.masks:detect_masks",
        "sam_b": "understudy.features.sam.masks:detect_masks",
    },
    "depth": {
        "body_plane": "understudy.features.body_plane:body_and_floor_depth",
        "depth_anything": "understudy.features.depth_anything.depth:measure_depth",
        "depth_anything_b": "understudy.features.depth_anything.depth:measure_depth",
        "depth_anything_s": "understudy.features.depth_anything.depth:measure_depth",
        "depth_anything_metric": "understudy.features.depth_anything.metric:measure_depth",
        "depth_anything_metric_b": "understudy.features.depth_anything.metric:measure_depth",
        "depth_anything_metric_s": "understudy.features.depth_anything.metric:measure_depth",
    },
    "room": {  # what looks at backgrounds: the back-end of depth, if it can
        "lines": "understudy.room.lines_alone:unmeasured",
        "depth_anything": "understudy.room.depth_anything:relative",
        "depth_anything_b": "understudy.room.depth_anything:relative",
        "depth_anything_s": "understudy.room.depth_anything:relative",
        "depth_anything_metric": "understudy.room.depth_anything:metric",
        "depth_anything_metric_b": "understudy.room.depth_anything:metric",
        "depth_anything_metric_s": "understudy.room.depth_anything:metric",
    },
    "scene": {  # what kind of place a background shows
        "table": "understudy.places.table:unseen",
        "clip": "understudy.places.clip:look",
        "clip_l": "understudy.places.clip:look",
    },
    "expression": {
        "landmarks": "understudy.features.landmarks.expression:fit_expression",
        "deca": "understudy.features.deca.expression:read_faces",
    },
    "hands": {
        "landmarks": "understudy.features.landmarks.hands:fit_hands",
        "hand4whole": "understudy.features.hand4whole.hands:read_hands",
    },
    "fit": {
        "understudy": "understudy.fitting.understudy.preset:UnderstudyPreset",
        "paper": "understudy.fitting.paper.preset:PaperPreset",
    },
    "avatar": {
        "direct": "understudy.avatar.training.direct.training:DirectTraining",
        "exavatar": "understudy.avatar.training.exavatar.training:ExAvatarTraining",
    },
    "recogniser": {
        "resnet": "understudy.recognition.resnet:RESNET",
        "slowfast": "understudy.recognition.slowfast:SLOWFAST",
    },
    "dataset": {
        "ntu": "understudy.converters.ntu:NTU",
        "toyota": "understudy.converters.toyota:TOYOTA",
    },
}
