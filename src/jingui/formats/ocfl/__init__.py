"""Oxford Common File Layout 1.1 (https://ocfl.io/1.1/spec/): what its files say and whether they are right."""
