"""Back-end of keypoints: RTMDet and DWPose, by OpenMMLab's packages."""
