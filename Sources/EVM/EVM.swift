// The interpreter, its gas, precompiles, and the journal they change.
