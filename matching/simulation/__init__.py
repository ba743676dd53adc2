"""A made-up month over a register in memory: real ranking, real rotation, real allocation, nothing written."""
