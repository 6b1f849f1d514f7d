"""Back-end for keypoints: RTMDet and DWPose, with OpenMMLab's packages."""
