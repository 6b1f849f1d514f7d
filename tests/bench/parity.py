"""`make bench NAME=parity`: the paper's avatar and fit against ExAvatar's public code."""

from tests.bench.paper_parity import main

if __name__ == "__main__":
    main()
