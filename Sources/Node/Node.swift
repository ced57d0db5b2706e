// Owns the head: pool, sealing, recovery; the only writer.
