// x402 requirements, payloads, signatures and settlement rules.
//
// `Verification` holds our own formats: policies, terms, statements, evidence and receipts.
// `Authorization` holds the token's: the signed transfer and the calls that settle it. `X402`
// holds the protocol's messages in JSON and headers, and the rules by which a payment is good.
