/// Keys in the order of their last use.
struct RecencyList<Key: Hashable> {
    private struct Link {
        let key: Key
        var newer: Int
        var older: Int
    }

    private var links: [Link] = []
    private var free: [Int] = []
    private var places: [Key: Int] = [:]
    private var newest = -1
    private var oldest = -1

    var count: Int { places.count }

    /// Makes the key the newest, whether it was there or not.
    mutating func touch(_ key: Key) {
        if let place = places[key] {
            guard place != newest else { return }
            unlink(place)
            link(place)
            return
        }
        let place: Int
        if let last = free.popLast() {
            place = last
            links[place] = Link(key: key, newer: -1, older: -1)
        } else {
            place = links.count
            links.append(Link(key: key, newer: -1, older: -1))
        }
        places[key] = place
        link(place)
    }

    mutating func remove(_ key: Key) {
        guard let place = places.removeValue(forKey: key) else { return }
        unlink(place)
        free.append(place)
    }

    /// The oldest key that `isWanted` accepts.
    func oldest(where isWanted: (Key) -> Bool) -> Key? {
        var place = oldest
        while place >= 0 {
            if isWanted(links[place].key) { return links[place].key }
            place = links[place].newer
        }
        return nil
    }

    private mutating func link(_ place: Int) {
        links[place].newer = -1
        links[place].older = newest
        if newest >= 0 { links[newest].newer = place }
        newest = place
        if oldest < 0 { oldest = place }
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (links[place].newer, links[place].older)
        if newer >= 0 { links[newer].older = older } else { newest = older }
        if older >= 0 { links[older].newer = newer } else { oldest = newer }
    }
}
