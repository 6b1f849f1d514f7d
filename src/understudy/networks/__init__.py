"""What every torch network needs here: checkpoints opened safely, torchvision's missing part."""
