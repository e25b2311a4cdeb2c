import Records

/// All blocks of some bytes, fed in pieces of `size` bytes.
func blocks(of bytes: [UInt8], pieces size: Int = 1 << 16, limits: ReaderLimits = ReaderLimits()) -> [RecordBlock] {
    var reader = RecordReader(limits: limits)
    var blocks: [RecordBlock] = []
    var start = 0
    while start < bytes.count {
        let end = min(bytes.count, start + size)
        reader.feed(Array(bytes[start..<end]))
        while let block = reader.next() { blocks.append(block) }
        start = end
    }
    reader.finish()
    while let block = reader.next() { blocks.append(block) }
    return blocks
}

/// Each record as `name=value` in order, each reject as its line and reason.
func summary(_ text: String, pieces: Int = 1 << 16, limits: ReaderLimits = ReaderLimits()) -> [String] {
    summary(blocks(of: Array(text.utf8), pieces: pieces, limits: limits))
}

func summary(_ blocks: [RecordBlock]) -> [String] {
    blocks.flatMap { block in
        let records = (0..<block.records.count).map { record in
            "\(block.lines[record]): "
                + block.records.fields(of: record).map { entry in
                    "\(block.records.fieldNames[Int(entry.field)])=\(block.records.text(entry))"
                }.joined(separator: " ")
        }
        return records + block.rejects.map { "\($0.line)! \($0.raw)" }
    }
}
