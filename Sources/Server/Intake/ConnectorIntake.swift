internal import API
internal import Collection
internal import EventStore
internal import FileConnector
internal import KafkaConnector
internal import Records

extension IngestPipeline {
    /// Stores a part of a followed file.
    func take(_ part: FilePart, of connector: FollowSettings) async throws {
        let origin = "files \(connector.name)"
        let place = "\(part.path) from byte \(part.offset)"
        switch part.content {
        case .records(let bytes):
            try await take(
                [bytes],
                as: IntakeDescription(
                    format: connector.source, table: connector.table, source: origin, place: place,
                    delivery: part.delivery))
        case .fault(let reason):
            var builder = RecordBuilder()
            let block = RecordBlock(
                records: builder.take(), lines: [], rejects: [RejectedText(line: 0, reason: reason, raw: "")])
            _ = try await store(
                block, CollectionOptions(origin: origin, place: place, source: connector.source),
                delivery: DeliveryID(part.delivery))
        }
    }

    /// Stores messages of a Kafka partition.
    func take(_ delivery: KafkaDelivery, of connector: Settings.KafkaInput) async throws {
        let place =
            "\(delivery.topic)/\(delivery.partition) from offset \(delivery.offsets.lowerBound)"
        for (number, text) in MessageTexts.group(delivery.payloads).enumerated() {
            try await take(
                [text],
                as: IntakeDescription(
                    format: connector.source, table: connector.table, source: "kafka \(connector.settings.name)",
                    place: place, delivery: "\(delivery.id)/\(number)"))
        }
    }

    private func take(_ pieces: [[UInt8]], as description: IntakeDescription) async throws {
        let (chunks, input) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        for piece in pieces { input.yield(piece) }
        input.finish()
        _ = try await take(chunks, as: description)
    }
}
