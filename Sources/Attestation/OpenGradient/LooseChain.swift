/// Paths from a leaf to a root, as Go's `x509.Certificate.Verify` finds them.
///
/// Why a walk of its own: the chain's strict one asks for more than Go does, and OpenSSL's path
/// validation for other things (key identifiers must agree there and only sort candidates here;
/// its purposes look at Netscape's types; self-issued certificates do not count towards a path
/// length). Intermediates are a pool without order, from which any path may be made, and extended
/// key usages, where a certificate has them, must include that of servers.
struct LooseChain {
    let roots: [LooseCertificate]
    let intermediates: [LooseCertificate]
    /// Seconds since 1970.
    let time: UInt64

    /// Signatures checked in all; paths that would need more do not hold.
    ///
    /// Go checks 100, which is more than the precompile's flat price pays for: a bundle made to be
    /// slow would take 50 ms for 500,000 gas. A real document needs five.
    static let signatureChecksMax = 16

    private enum Role {
        case intermediate, root
    }

    /// Whether some path holds.
    func holds(for leaf: LooseCertificate) -> Bool {
        guard isCurrent(leaf) else { return false }
        if roots.contains(where: { $0.encoding == leaf.encoding }) {
            return LooseChain.isForServers([leaf])
        }
        var search = Search()
        extend([leaf], &search)
        return search.isFound
    }

    private struct Search {
        var signatureChecks = 0
        var isFound = false

        var isOver: Bool { isFound || signatureChecks > LooseChain.signatureChecksMax }
    }

    private func isCurrent(_ certificate: LooseCertificate) -> Bool {
        !certificate.extensions.hasUnhandledCritical && certificate.notBefore <= time
            && time <= certificate.notAfter
    }

    /// Tries every certificate that may have issued the path's last one. Paths grow to 101
    /// certificates at most, since each took a signature.
    private func extend(_ path: [LooseCertificate], _ search: inout Search) {
        guard let child = path.last else { return }
        for (role, pool) in [(Role.root, roots), (.intermediate, intermediates)] {
            for candidate in LooseChain.candidates(in: pool, for: child) {
                consider(candidate, as: role, behind: path, &search)
                if search.isOver { return }
            }
        }
    }

    /// Those with the wanted name, best first by their key identifiers.
    private static func candidates(
        in pool: [LooseCertificate], for child: LooseCertificate
    ) -> [LooseCertificate] {
        let wanted = child.extensions.authorityKeyIdentifier
        let named = pool.filter { $0.subject == child.issuer }
        let isKnown = { (one: LooseCertificate) in
            !wanted.isEmpty && !one.extensions.keyIdentifier.isEmpty
        }
        let matches = { (one: LooseCertificate) in one.extensions.keyIdentifier == wanted }
        return named.filter { isKnown($0) && matches($0) } + named.filter { !isKnown($0) }
            + named.filter { isKnown($0) && !matches($0) }
    }

    private func consider(
        _ candidate: LooseCertificate, as role: Role, behind path: [LooseCertificate],
        _ search: inout Search
    ) {
        guard let child = path.last, !path.contains(where: { candidate.isSame(as: $0) }) else {
            return
        }
        search.signatureChecks += 1
        guard !search.isOver, candidate.hasSigned(child) else { return }
        guard isCurrent(candidate) else { return }
        let authority = candidate.extensions.isAuthority
        if role == .intermediate, authority != true { return }
        // The leaf is no intermediate.
        if authority != nil, let length = candidate.extensions.pathLength,
            path.count - 1 > length
        {
            return
        }
        switch role {
        case .root: search.isFound = LooseChain.isForServers(path + [candidate])
        case .intermediate: extend(path + [candidate], &search)
        }
    }

    private static func isForServers(_ path: [LooseCertificate]) -> Bool {
        path.allSatisfy { $0.extensions.isForServers ?? true }
    }
}

extension LooseCertificate {
    /// Whether Go takes both for one: the same name, key and further names.
    fileprivate func isSame(as other: LooseCertificate) -> Bool {
        subject == other.subject && key == other.key
            && extensions.subjectNames == other.extensions.subjectNames
    }

    /// Whether its key may have signed the child, and did.
    fileprivate func hasSigned(_ child: LooseCertificate) -> Bool {
        if version == 3, extensions.isAuthority == nil { return false }
        if extensions.isAuthority == false { return false }
        if extensions.mayCertify == false { return false }
        guard let scheme = child.scheme else { return false }
        return key.verifies(child.signature, over: child.signedPart, by: scheme)
    }
}
