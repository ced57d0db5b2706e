// x402 requirements, payloads, signatures and settlement rules.
