"""What every network of torch needs here: checkpoints opened safely, torchvision's missing part."""
