// JSON-RPC and x402 endpoints.
