"""What the bank says came of the money: its statements, held against ours to the cent."""
