"""What it led to: figures that are counted, never kept."""
