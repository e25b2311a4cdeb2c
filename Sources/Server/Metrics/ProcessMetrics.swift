internal import CoreMetrics
internal import Exposition
internal import Foundation

/// The measures of this process: one registry behind the facade, and what the system tells.
enum ProcessMetrics {
    /// The registry that everything in this process reports to, from the first use on.
    static let registry: MetricRegistry = {
        let registry = MetricRegistry()
        registry.describe("tocsin_http_requests_total", "Requests by method, route and status.")
        registry.describe("tocsin_http_request_seconds", "How long requests took.")
        registry.describe("tocsin_store_commit_seconds", "How long the event store took to make rows durable.")
        registry.describe("tocsin_query_seconds", "How long queries took, by what became of them.")
        MetricsSystem.bootstrap(registry)
        return registry
    }()

    /// Memory, processor time and open files under the names that all Prometheus clients use.
    static func families() -> [MetricFamily] {
        var families: [MetricFamily] = []
        func add(_ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: Double?) {
            if let value { families.append(MetricFamily(name, kind, help: help, value: value)) }
        }
        let statm = words("/proc/self/statm")
        let page = Double(sysconf(Int32(_SC_PAGESIZE)))
        add(
            "process_virtual_memory_bytes", .gauge, "Virtual memory size in bytes.",
            statm.first.flatMap(Double.init).map { $0 * page })
        add(
            "process_resident_memory_bytes", .gauge, "Resident memory size in bytes.",
            statm.dropFirst().first.flatMap(Double.init).map { $0 * page })
        // The name in parentheses may hold blanks; what follows it has fixed places.
        let stat = text("/proc/self/stat")
        let fields = stat.lastIndex(of: ")").map { stat[$0...].split(separator: " ").map(String.init) } ?? []
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        func field(_ index: Int) -> Double? { fields.indices.contains(index) ? Double(fields[index]) : nil }
        add(
            "process_cpu_seconds_total", .counter, "Processor time used, in seconds.",
            field(12).flatMap { user in field(13).map { (user + $0) / ticks } })
        add("process_threads", .gauge, "Threads of the process.", field(18))
        add(
            "process_start_time_seconds", .gauge, "Start of the process in seconds since 1970.",
            field(20).flatMap { started in bootTime.map { $0 + started / ticks } })
        // Without /proc there is nothing to count.
        let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        add("process_open_fds", .gauge, "Open file descriptors.", files.map { Double($0.count) })
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            add("process_max_fds", .gauge, "The most file descriptors that may be open.", Double(limit.rlim_cur))
        }
        return families
    }

    private static let bootTime: Double? = text("/proc/stat").split(separator: "\n")
        .first { $0.hasPrefix("btime ") }?.split(separator: " ").last.flatMap { Double($0) }

    private static func words(_ path: String) -> [String] { text(path).split(separator: " ").map(String.init) }

    private static func text(_ path: String) -> String {
        // Files of /proc have no size, so that they are read to their end.
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.readToEnd() else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}
