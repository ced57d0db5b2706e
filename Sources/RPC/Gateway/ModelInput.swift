internal import Codec
internal import Inference
internal import Primitives

/// The body of a request: `{"input": […]}`, and `"hidden": {"secret": "0x…"}` beside it where the
/// evidence is to hide the input.
///
/// A payment's terms name the hash of the whole body: the secret in it keeps others from trying
/// inputs until one has that hash.
struct ModelInput {
    /// Nested as deep as people like, in row-major order.
    let numbers: [FixedPoint]
    /// 32 random bytes, of the client's own choice, for this input alone; nil for a public input.
    let secret: Hash?

    init(body: [UInt8]) throws(GatewayError) {
        let json: JSON
        do { json = try JSON(parsing: body, limits: Limits.requestJSON) } catch {
            throw .invalidRequest("the body is no JSON: \(error)")
        }
        guard let input = json["input"] else {
            throw .invalidRequest("the body needs a member input with the model's numbers")
        }
        numbers = try ModelInput.numbers(in: input)
        secret = try json["hidden"].map { (hidden) throws(GatewayError) in
            try ModelInput.secret(in: hidden)
        }
    }

    private static func numbers(in input: JSON) throws(GatewayError) -> [FixedPoint] {
        var numbers: [FixedPoint] = []
        var stack: [ArraySlice<JSON>] = [[input]]
        while var rest = stack.popLast() {
            guard let first = rest.popFirst() else { continue }
            stack.append(rest)
            switch first {
            case .array(let inner): stack.append(inner[...])
            case .number(let number):
                guard let value = FixedPoint(number.text) else {
                    throw .invalidInput(
                        "number \(numbers.count) has more digits than 128 bits hold")
                }
                numbers.append(value)
            default: throw .invalidInput("value \(numbers.count) of the input is no number")
            }
        }
        return numbers
    }

    /// Whoever asks to hide an input and is not understood must not be served as if it were public.
    private static func secret(in hidden: JSON) throws(GatewayError) -> Hash {
        guard let object = hidden.object else { throw .invalidSecret("hidden is no object") }
        for (name, _) in object.entries where name != "secret" {
            throw .invalidSecret("hidden has the unknown member \(name)")
        }
        guard let text = object["secret"]?.string else {
            throw .invalidSecret("there is no text secret")
        }
        let secret: Hash
        do { secret = try Hash(hex: text) } catch { throw .invalidSecret("\(error)") }
        guard secret != .zero else { throw .invalidSecret("zeros are not random") }
        return secret
    }
}
