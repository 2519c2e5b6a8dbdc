"""What `./careloop` does before CareLoop's own Python exists. Standard library only, Python 3.8 and newer."""
