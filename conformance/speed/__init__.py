"""How fast signing is on this machine, beside what people use today: measured in pairs, written down, compared."""
