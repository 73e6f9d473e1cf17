"""The allowance: free nights granted and used, counted from bed-nights, never kept as a number."""
