internal import Glibc

/// An IP address and port in the form the system calls take.
@safe
struct SocketAddress {
    private var storage = sockaddr_storage()
    private let byteCount: Int

    /// Reads an IPv4 or IPv6 address; `localhost` is 127.0.0.1.
    init?(host: String, port: UInt16) {
        let host = host == "localhost" ? "127.0.0.1" : host
        var four = sockaddr_in()
        var six = sockaddr_in6()
        if unsafe inet_pton(AF_INET, host, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            byteCount = MemoryLayout<sockaddr_in>.size
            unsafe withUnsafeMutableBytes(of: &storage) { room in
                unsafe room.storeBytes(of: four, as: sockaddr_in.self)
            }
        } else if unsafe inet_pton(AF_INET6, host, &six.sin6_addr) == 1 {
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            byteCount = MemoryLayout<sockaddr_in6>.size
            unsafe withUnsafeMutableBytes(of: &storage) { room in
                unsafe room.storeBytes(of: six, as: sockaddr_in6.self)
            }
        } else {
            return nil
        }
    }

    var family: Int32 { Int32(storage.ss_family) }

    /// Binds a socket to the address; false leaves the reason in `errno`.
    func bind(_ socket: Int32) -> Bool {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe Glibc.bind(socket, address, socklen_t(byteCount)) == 0
            }
        }
    }

    /// The port a socket is bound to.
    static func port(of socket: Int32) -> UInt16? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe getsockname(socket, address, &size) == 0 else { return nil }
                return unsafe remote(address)?.port
            }
        }
    }

    /// The address and port a C address holds; nil for families other than IP.
    static func remote(_ address: UnsafePointer<sockaddr>) -> HTTPRemote? {
        let raw = unsafe UnsafeRawPointer(address)
        // The family comes first. Read by place: which module declares the field depends on the
        // build, since libmicrohttpd's header includes the same one.
        switch Int32(unsafe raw.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET:
            let four = unsafe raw.loadUnaligned(as: sockaddr_in.self)
            let bytes = unsafe withUnsafeBytes(of: four.sin_addr) { unsafe Array($0) }
            return HTTPRemote(address: bytes, port: UInt16(bigEndian: four.sin_port))
        case AF_INET6:
            let six = unsafe raw.loadUnaligned(as: sockaddr_in6.self)
            let bytes = unsafe withUnsafeBytes(of: six.sin6_addr) { unsafe Array($0) }
            return HTTPRemote(address: bytes, port: UInt16(bigEndian: six.sin6_port))
        default:
            return nil
        }
    }
}
