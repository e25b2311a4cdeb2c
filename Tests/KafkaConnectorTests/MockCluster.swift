import CRdKafka
import Foundation

/// The brokers that librdkafka brings for tests, and a producer for them.
final class MockCluster: @unchecked Sendable {
    // SAFETY: librdkafka's handles may be used from any thread.
    private let producer: OpaquePointer
    private let cluster: OpaquePointer
    let brokers: String

    struct Failure: Error {
        let reason: String
    }

    init(topic: String, partitions: Int32) throws {
        var reason = [CChar](repeating: 0, count: 256)
        guard let host = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), &reason, reason.count),
            let cluster = rd_kafka_mock_cluster_new(host, 1), let brokers = rd_kafka_mock_cluster_bootstraps(cluster)
        else { throw Failure(reason: "there is no mock cluster") }
        self.cluster = cluster
        self.brokers = String(cString: brokers)
        producer = host
        rd_kafka_mock_topic_create(cluster, topic, partitions, 1)
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(producer)
    }

    /// Makes the next requests of a kind (its number in the protocol) fail.
    func fail(_ request: Int16, _ errors: [rd_kafka_resp_err_t]) {
        rd_kafka_mock_push_request_errors_array(cluster, request, errors.count, errors)
    }

    func send(_ texts: [String], to topic: String) throws {
        var reason = [CChar](repeating: 0, count: 256)
        let configuration = rd_kafka_conf_new()
        rd_kafka_conf_set(configuration, "bootstrap.servers", brokers, &reason, reason.count)
        guard let sender = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &reason, reason.count) else {
            throw Failure(reason: "there is no producer")
        }
        defer { rd_kafka_destroy(sender) }
        let place = rd_kafka_topic_new(sender, topic, nil)
        for text in texts {
            var bytes = Array(text.utf8)
            let code = rd_kafka_produce(
                place, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &bytes, bytes.count, nil, 0, nil)
            if code != 0 { throw Failure(reason: "a message was not taken") }
        }
        let flushed = rd_kafka_flush(sender, 10_000)
        rd_kafka_topic_destroy(place)
        if flushed != RD_KAFKA_RESP_ERR_NO_ERROR { throw Failure(reason: "messages were not sent") }
    }
}
