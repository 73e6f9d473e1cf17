"""Speed: each module measures one thing in the house that the environment names; `bench/__main__.py` runs them."""
