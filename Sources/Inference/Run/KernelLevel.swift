internal import CKernels

/// Which instructions a run uses. Every level gives equal bytes.
public enum KernelLevel: Int32, Sendable, CaseIterable {
    /// Plain Swift: the definition that the C kernels are held to.
    case swift = -1
    case scalar = 0
    case avx2 = 1
    case avx512 = 2

    /// The fastest level that this machine has.
    public static let best = KernelLevel(rawValue: assay_integer_level()) ?? .scalar

    public var isAvailable: Bool { rawValue <= KernelLevel.best.rawValue }

    /// 32-bit sums in one vector.
    var lanes: Int { Int(assay_product_lanes(rawValue)) }

    /// How operands of products with activations of an element type are packed.
    func form(_ element: ElementType) -> ProductForm {
        assay_product_form(rawValue, Int32(element.rawValue)) == ProductForm.quads.rawValue
            ? .quads : .pairs
    }
}

/// Which neighbours along the inner axis lie in four bytes.
enum ProductForm: Int32, Sendable {
    /// Four unsigned bytes by four signed ones; 128 is added to signed activations.
    case quads = 0
    /// Two signed 16-bit numbers by two.
    case pairs = 1

    /// Numbers in four bytes.
    var groupSize: Int { self == .quads ? 4 : 2 }
    /// Bytes of one number.
    var numberSize: Int { self == .quads ? 1 : 2 }

    /// Groups that hold `inner` numbers.
    func groups(_ inner: Int) -> Int { (inner + groupSize - 1) / groupSize }
}
