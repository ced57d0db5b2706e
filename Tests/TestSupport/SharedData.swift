internal import Glibc

/// The folder of published test data, or nil on a machine without it.
///
/// `ASSAY_SHARED` names it; otherwise `../shared` beside the checkout is used.
public enum SharedData {
    public static let folder: String? = {
        let named = unsafe getenv("ASSAY_SHARED").map { unsafe String(cString: $0) }
        let candidate = named ?? "../shared"
        return unsafe access(candidate + "/README.md", R_OK) == 0 ? candidate : nil
    }()
}
