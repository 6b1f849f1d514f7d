"""What is measured and checked: tables that come in, figures that come out."""
