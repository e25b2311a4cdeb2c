/// Memory for the texts of one data chunk after the other, so that DuckDB need not allocate each text.
final class TextArena {
    private var blocks: [UnsafeMutableRawBufferPointer] = []
    /// The block that is being filled, and how far.
    private var current = 0
    private var used = 0

    private static let blockSize = 1 << 20

    deinit {
        for block in blocks { block.deallocate() }
    }

    /// Lets the memory be used again; what was kept is gone.
    func reset() {
        current = 0
        used = 0
    }

    /// Copies text to a place that stays until `reset`.
    func keep(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard !text.isEmpty else { return text }
        while current < blocks.count, blocks[current].count - used < text.count {
            current += 1
            used = 0
        }
        if current == blocks.count {
            blocks.append(.allocate(byteCount: max(text.count, Self.blockSize), alignment: 16))
            used = 0
        }
        let place = UnsafeMutableRawBufferPointer(rebasing: blocks[current][used..<(used + text.count)])
        place.copyMemory(from: text)
        used += text.count
        return UnsafeRawBufferPointer(place)
    }
}
