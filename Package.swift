// swift-tools-version: 6.2
import PackageDescription

// The rings of docs/architecture.md, from the inside out. A target may import what its line names, nothing else:
// `swift build --explicit-target-dependency-import-check error` holds the sources to it.

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let collections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let swiftASN1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

// Shims: one thin C or C++ face per library.
let shims: [Target] = [
    .target(name: "CCmark", linkerSettings: [.linkedLibrary("cmark")]),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
    .target(name: "CDuckDB", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "CEditLine", linkerSettings: [.linkedLibrary("edit")]),
    .target(name: "CEvtx", linkerSettings: [.linkedLibrary("evtx")]),
    .target(name: "CExpat", linkerSettings: [.linkedLibrary("expat")]),
    .target(name: "CLibYAML", linkerSettings: [.linkedLibrary("yaml")]),
    .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
    .target(name: "CRdKafka", linkerSettings: [.linkedLibrary("rdkafka")]),
    .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "CSodium", linkerSettings: [.linkedLibrary("sodium")]),
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
    .target(name: "CZstd", linkerSettings: [.linkedLibrary("zstd")]),
]

// Ring 0: pure; no I/O, no clock, no randomness, no logger.
let pure: [Target] = [
    .target(name: "Chronology"),
    .target(name: "Delimited"),
    .target(name: "JSON", dependencies: ["CSimdjson", collections]),
    .target(name: "RE2", dependencies: ["CRE2"]),
    .target(name: "Records", dependencies: ["CSimdjson", "CZlib"]),
    .target(name: "Unpacking", dependencies: ["CZlib", "CZstd"]),
    .target(name: "Vocabulary", dependencies: ["Chronology"]),
    .target(name: "KQLSyntax"),
    .target(name: "KQLValues", dependencies: ["Chronology", "JSON"]),
    .target(
        name: "KQLFunctions", dependencies: ["CZlib", "Chronology", "JSON", "KQLValues", "RE2", collections]),
    .target(
        name: "KQL", dependencies: ["Chronology", "JSON", "KQLFunctions", "KQLSyntax", "KQLValues", "RE2", collections]),
    .target(name: "KQLEditing", dependencies: ["Chronology", "KQL", "KQLFunctions", "KQLSyntax", "KQLValues"]),
    .target(
        name: "KQLConformance", dependencies: ["Chronology", "JSON", "KQL", "KQLFunctions", "KQLSyntax", "KQLValues"]),
    .target(name: "Presentation", dependencies: ["Chronology", "JSON", "KQLValues"]),
    .target(name: "Sigma", dependencies: ["CLibYAML", "JSON", "RE2", "Records", "Vocabulary"]),
    .target(name: "SigmaConversion", dependencies: ["KQLSyntax", "KQLValues", "RE2", "Sigma"]),
    .target(name: "ThreatIntelligence", dependencies: ["Chronology", "Delimited", "JSON"]),
    .target(name: "Workflow", dependencies: ["Chronology", "JSON", collections]),
]

// Ring 1: the ground.
let ground: [Target] = [
    .target(name: "StateStore", dependencies: ["Chronology", "JSON", collections, crypto, grdb]),
    .target(
        name: "Casebook",
        dependencies: ["Chronology", "JSON", "StateStore", "Vocabulary", collections, crypto, grdb, yams]),
    .target(name: "EventStore", dependencies: ["Chronology", "JSON", "KQL", "KQLFunctions", "KQLValues"]),
    .target(name: "Exposition", dependencies: [coreMetrics]),
]

// Ring 2: the life cycle.
let lifeCycle: [Target] = [
    .target(name: "Access", dependencies: ["CSodium", "Chronology", "JSON", "StateStore", crypto, grdb]),
    .target(
        name: "Collection",
        dependencies: [
            "CExpat", "Chronology", "EventStore", "JSON", "KQL", "KQLFunctions", "KQLSyntax", "KQLValues", "RE2",
            "Records", "Vocabulary", collections, crypto, nioCore, nioPosix, nioSSL, nioTLS, swiftASN1, x509, yams,
        ]),
    .target(name: "DataCollection", dependencies: ["Chronology", "JSON", "KQLValues", "StateStore", grdb]),
    .target(
        name: "Detection",
        dependencies: [
            "Casebook", "Chronology", "EventStore", "JSON", "KQL", "KQLFunctions", "KQLSyntax", "KQLValues", "Records",
            "Sigma", "StateStore", "ThreatIntelligence", "Vocabulary", crypto, grdb, logging,
        ]),
    .target(
        name: "Export",
        dependencies: [
            "Casebook", "Chronology", "EventStore", "JSON", "KQLValues", "StateStore", "Vocabulary", logging,
        ]),
    .target(
        name: "Investigation",
        dependencies: [
            "Chronology", "EventStore", "JSON", "KQL", "KQLEditing", "KQLFunctions", "KQLSyntax", "KQLValues",
            "Presentation", "Vocabulary", coreMetrics, yams,
        ]),
    .target(
        name: "Notification",
        dependencies: ["Casebook", "Chronology", "JSON", "StateStore", "Vocabulary", grdb, logging, yams]),
    .target(name: "Preparation", dependencies: ["CCmark", "Chronology", yams]),
    .target(
        name: "Prioritization",
        dependencies: [
            "Casebook", "Chronology", "Delimited", "JSON", "StateStore", "Vocabulary", collections, crypto, grdb,
            logging,
            yams,
        ]),
    .target(
        name: "Response",
        dependencies: [
            "Casebook", "Chronology", "JSON", "StateStore", "Vocabulary", "Workflow", collections, crypto, grdb,
            logging, yams,
        ]),
    .target(name: "Simulation", dependencies: ["Casebook", "Chronology", "JSON", "Vocabulary"]),
    .target(
        name: "Suppression", dependencies: ["Casebook", "Chronology", "JSON", "StateStore", "Vocabulary", grdb]),
    .target(
        name: "Watchlists",
        dependencies: ["Chronology", "EventStore", "JSON", "KQL", "KQLValues", "StateStore", grdb]),
    .target(name: "WorkspaceResources", dependencies: ["Chronology", "JSON", "StateStore", grdb]),
]

// Ring 3: the edges.
let edges: [Target] = [
    .target(
        name: "ClickHouseStore",
        dependencies: [
            "Chronology", "EventStore", "JSON", "KQL", "KQLFunctions", "KQLValues", asyncHTTPClient, nioCore, nioHTTP1,
            nioSSL,
        ]),
    .target(
        name: "DuckDBStore",
        dependencies: ["CDuckDB", "Chronology", "EventStore", "JSON", "KQL", "KQLFunctions", "KQLValues"]),
    .target(name: "EvtxReader", dependencies: ["CEvtx"]),
    .target(
        name: "FileConnector",
        dependencies: ["Chronology", "EvtxReader", "Records", "StateStore", "Unpacking", crypto, grdb, logging]),
    .target(
        name: "HTTPAdapter",
        dependencies: [
            "Chronology", "JSON", "KQL", "Records", "Response", "Vocabulary", "Workflow", asyncHTTPClient,
            collections, nioCore, nioHTTP1, nioPosix,
        ]),
    .target(name: "KafkaConnector", dependencies: ["CRdKafka", logging]),
    .target(name: "SMTPChannel", dependencies: ["CCurl", "Chronology", "Notification"]),
    .target(
        name: "Spool", dependencies: ["CZlib", "Chronology", "EventStore", "JSON", "KQLValues", "StateStore"]),
    .target(name: "WebGate", dependencies: ["Access", "StateStore", coreMetrics, httpTypes, hummingbird, nioCore]),
    .target(
        name: "API",
        dependencies: [
            "Access", "Casebook", "Chronology", "Collection", "DataCollection", "Detection", "EventStore",
            "Investigation", "JSON", "KQL", "KQLEditing", "KQLFunctions", "KQLSyntax", "KQLValues", "Prioritization",
            "Records", "StateStore", "Suppression", "Vocabulary", "Watchlists", "WebGate", "WorkspaceResources",
            collections,
            crypto,
            httpTypes, hummingbird, logging, nioCore,
        ]),
    .target(
        name: "Portal",
        dependencies: [
            "Access", "Casebook", "Chronology", "Collection", "Detection", "EventStore", "Investigation", "JSON",
            "KQLEditing", "KQLSyntax", "KQLValues", "Preparation", "Prioritization", "StateStore", "Vocabulary",
            "Watchlists", "WebGate", collections,
            httpTypes,
            hummingbird, logging, mustache, nioCore, serviceLifecycle,
        ],
        resources: [.copy("Resources")]),
    .target(
        name: "Server",
        dependencies: [
            "API", "Access", "Casebook", "Chronology", "ClickHouseStore", "Collection", "DataCollection", "Detection",
            "DuckDBStore", "EventStore", "Export", "Exposition", "FileConnector", "HTTPAdapter", "Investigation",
            "JSON",
            "KQL", "KQLConformance", "KQLEditing", "KQLFunctions", "KQLSyntax", "KQLValues", "KafkaConnector",
            "Notification", "Portal", "Preparation", "Prioritization", "Records", "Response", "SMTPChannel", "Sigma",
            "SigmaConversion", "Simulation", "Spool", "StateStore", "Suppression", "ThreatIntelligence", "Unpacking",
            "Vocabulary",
            "Watchlists", "WebGate", "Workflow", "WorkspaceResources", asyncHTTPClient,
            configuration, coreMetrics, crypto, grdb, hummingbird, hummingbirdCore, hummingbirdTLS, logging, nioCore,
            nioHTTP1, nioPosix, nioSSL, serviceLifecycle, systemPackage, yams,
        ]),
    .executableTarget(
        name: "casebook-benchmark",
        dependencies: [
            "Casebook", "Chronology", "DuckDBStore", "EventStore", "Export", "JSON", "Prioritization", "StateStore",
            "Vocabulary",
            logging,
        ], path: "Benchmarks/CasebookBenchmark"),
    .executableTarget(
        name: "ingest-benchmark", dependencies: ["Chronology", "Collection", "DuckDBStore", "EventStore", "Records"],
        path: "Benchmarks/IngestBenchmark"),
    .executableTarget(
        name: "kql-benchmark",
        dependencies: ["Chronology", "DuckDBStore", "EventStore", "JSON", "KQL", "KQLFunctions", "KQLValues"],
        path: "Benchmarks/KQLBenchmark"),
    .executableTarget(
        name: "detection-benchmark", dependencies: ["Detection", "JSON", "Records", "Sigma"],
        path: "Benchmarks/DetectionBenchmark"),
    .executableTarget(
        name: "rules-benchmark",
        dependencies: [
            "Chronology", "Detection", "DuckDBStore", "EventStore", "JSON", "KQL", "KQLFunctions", "KQLValues",
            "StateStore",
        ], path: "Benchmarks/RulesBenchmark"),
    .executableTarget(
        name: "fusion-benchmark", dependencies: ["FusionTrial", "Simulation"], path: "Benchmarks/FusionBenchmark"),
    .executableTarget(
        name: "tocsin",
        dependencies: [
            "CEditLine", "Chronology", "Collection", "Detection", "DuckDBStore", "EventStore", "FileConnector",
            "Investigation", "JSON", "KQL",
            "KQLConformance", "KQLEditing", "KQLFunctions", "KQLSyntax", "KQLValues", "Presentation", "Records",
            "Server",
            "Sigma", "StateStore", argumentParser, asyncHTTPClient, collections, logging, nioCore, nioHTTP1,
        ]),
]

let tests: [Target] = [
    .target(name: "TestSupport", dependencies: [subprocess, systemPackage], path: "Tests/TestSupport"),
    .target(
        name: "EventStoreContract", dependencies: ["Chronology", "EventStore", "JSON", "KQL", "KQLValues"],
        path: "Tests/EventStoreContract"),
    .target(
        name: "EventStoreComparison",
        dependencies: ["Chronology", "EventStore", "JSON", "KQL", "KQLFunctions", "KQLValues", "TestSupport"],
        path: "Tests/EventStoreComparison"),
    .target(
        name: "FusionTrial",
        dependencies: [
            "Casebook", "Chronology", "Detection", "Prioritization", "Simulation", "StateStore", logging,
        ], path: "Tests/FusionTrial"),
    .testTarget(name: "AccessTests", dependencies: ["Access", "Chronology", "JSON", "StateStore", grdb]),
    .testTarget(
        name: "CasebookTests", dependencies: ["Casebook", "Chronology", "JSON", "StateStore", "Vocabulary", grdb]),
    .testTarget(name: "ChronologyTests", dependencies: ["Chronology"]),
    .testTarget(
        name: "ClickHouseStoreTests",
        dependencies: [
            "Chronology", "ClickHouseStore", "EventStore", "EventStoreComparison", "EventStoreContract", "JSON", "KQL",
            "KQLFunctions",
            "KQLValues", "TestSupport",
        ],
        exclude: ["Front"]),
    .testTarget(
        name: "CollectionTests",
        dependencies: [
            "Chronology", "Collection", "EventStore", "JSON", "KQL", "KQLFunctions", "KQLValues", "Records",
            "TestSupport",
            nioCore, nioPosix, nioSSL, x509,
        ],
        exclude: ["Samples"]),
    .testTarget(
        name: "DataCollectionTests",
        dependencies: ["Chronology", "DataCollection", "JSON", "KQLValues", "StateStore"]),
    .testTarget(
        name: "DetectionTests",
        dependencies: [
            "Casebook", "Chronology", "Collection", "Detection", "DuckDBStore", "EventStore", "FusionTrial",
            "JSON", "KQL", "KQLConformance", "KQLFunctions", "KQLValues", "Records", "Sigma", "Simulation",
            "StateStore", "TestSupport", "ThreatIntelligence", "Vocabulary", grdb, logging,
        ]),
    .testTarget(
        name: "DuckDBStoreTests",
        dependencies: [
            "Chronology", "DuckDBStore", "EventStore", "EventStoreComparison", "EventStoreContract", "JSON", "KQL",
            "KQLFunctions", "KQLValues",
            "TestSupport",
        ]),
    .testTarget(name: "EventStoreTests", dependencies: ["EventStore", "JSON", "KQLValues"]),
    .testTarget(name: "ExpositionTests", dependencies: ["Exposition", "TestSupport", coreMetrics]),
    .testTarget(name: "EvtxReaderTests", dependencies: ["EvtxReader", "TestSupport", "Unpacking"]),
    .testTarget(
        name: "ExportTests",
        dependencies: [
            "Casebook", "Chronology", "DuckDBStore", "EventStore", "Export", "KQL", "KQLFunctions", "KQLValues",
            "StateStore", "TestSupport", "Vocabulary", logging,
        ]),
    .testTarget(
        name: "FileConnectorTests",
        dependencies: ["Chronology", "FileConnector", "StateStore", "TestSupport", "Unpacking", logging]),
    .testTarget(
        name: "HTTPAdapterTests",
        dependencies: [
            "Chronology", "HTTPAdapter", "JSON", "KQL", "KQLFunctions", "KQLValues", "Response", "TestSupport",
            "Workflow", collections, nioCore, nioHTTP1, nioPosix,
        ]),
    .testTarget(
        name: "InvestigationTests",
        dependencies: [
            "Chronology", "DuckDBStore", "EventStore", "Investigation", "JSON", "KQL", "KQLValues", "TestSupport",
            "Vocabulary",
        ]),
    .testTarget(name: "JSONTests", dependencies: ["JSON"]),
    .testTarget(
        name: "KQLEditingTests",
        dependencies: [
            "Chronology", "JSON", "KQL", "KQLConformance", "KQLEditing", "KQLFunctions", "KQLSyntax", "KQLValues",
            "TestSupport",
        ]),
    .testTarget(
        name: "KafkaConnectorTests", dependencies: ["CRdKafka", "KafkaConnector", logging]),
    .testTarget(
        name: "KQLFunctionsTests",
        dependencies: ["Chronology", "JSON", "KQLFunctions", "KQLValues", "RE2", "TestSupport"]),
    .testTarget(name: "KQLSyntaxTests", dependencies: ["KQLSyntax", "TestSupport"]),
    .testTarget(
        name: "KQLTests",
        dependencies: [
            "Chronology", "JSON", "KQL", "KQLConformance", "KQLFunctions", "KQLSyntax", "KQLValues", "TestSupport",
        ]),
    .testTarget(
        name: "NotificationTests",
        dependencies: ["Casebook", "Chronology", "Notification", "StateStore", "TestSupport", "Vocabulary", logging]),
    .testTarget(
        name: "PortalTests",
        dependencies: [
            "Casebook", "Chronology", "Collection", "Detection", "EventStore", "Investigation", "JSON", "KQL",
            "KQLFunctions", "KQLValues", "Portal", "Preparation", "Prioritization", "Sigma", "StateStore",
            "TestSupport", "Vocabulary", "Watchlists",
        ]),
    .testTarget(name: "PreparationTests", dependencies: ["Chronology", "Preparation"]),
    .testTarget(
        name: "PrioritizationTests",
        dependencies: [
            "Casebook", "Chronology", "JSON", "Prioritization", "StateStore", "TestSupport", "Vocabulary",
        ]),
    .testTarget(name: "PresentationTests", dependencies: ["Chronology", "JSON", "KQLValues", "Presentation"]),
    .testTarget(name: "RecordsTests", dependencies: ["JSON", "Records", "TestSupport"]),
    .testTarget(
        name: "ResponseTests",
        dependencies: [
            "Casebook", "Chronology", "JSON", "Response", "StateStore", "TestSupport", "Vocabulary", "Workflow",
            collections,
            logging,
        ]),
    .testTarget(
        name: "SMTPChannelTests",
        dependencies: ["Chronology", "Notification", "SMTPChannel", "TestSupport", "Vocabulary"]),
    .testTarget(
        name: "ServerTests",
        dependencies: [
            "Casebook", "Chronology", "Collection", "Detection", "Investigation", "JSON", "Server", "Sigma",
            "StateStore", "TestSupport", "Vocabulary", "tocsin", asyncHTTPClient, crypto, nioCore, nioHTTP1, nioPosix,
        ]),
    .testTarget(
        name: "SigmaConversionTests",
        dependencies: [
            "Chronology", "Collection", "DuckDBStore", "EventStore", "JSON", "KQL", "KQLFunctions", "KQLValues",
            "Records", "Sigma", "SigmaConversion", "TestSupport",
        ]),
    .testTarget(name: "SigmaTests", dependencies: ["JSON", "RE2", "Records", "Sigma", "TestSupport"]),
    .testTarget(
        name: "SimulationTests",
        dependencies: ["Chronology", "Collection", "EventStore", "KQLValues", "Records", "Simulation", "Vocabulary"]),
    .testTarget(
        name: "SpoolTests", dependencies: ["Chronology", "EventStore", "JSON", "KQLValues", "Spool", "TestSupport"]),
    .testTarget(name: "StateStoreTests", dependencies: ["Chronology", "JSON", "StateStore", grdb]),
    .testTarget(
        name: "SuppressionTests",
        dependencies: ["Casebook", "Chronology", "StateStore", "Suppression", "Vocabulary"]),
    .testTarget(name: "ThreatIntelligenceTests", dependencies: ["Chronology", "JSON", "ThreatIntelligence"]),
    .testTarget(name: "UnpackingTests", dependencies: ["TestSupport", "Unpacking"]),
    .testTarget(
        name: "WatchlistsTests",
        dependencies: [
            "Chronology", "DuckDBStore", "EventStore", "JSON", "KQL", "KQLFunctions", "KQLValues", "StateStore",
            "TestSupport",
            "Watchlists",
        ]),
    .testTarget(name: "WebGateTests", dependencies: ["WebGate"]),
    .testTarget(name: "WorkflowTests", dependencies: ["Chronology", "JSON", "TestSupport", "Workflow", collections]),
]

let package = Package(
    name: "tocsin",
    products: [
        .executable(name: "tocsin", targets: ["tocsin"]),
        // The language on its own, for other programs and for Fuzzing/.
        .library(name: "KQL", targets: ["KQL", "KQLFunctions", "KQLSyntax", "KQLValues", "Chronology", "JSON"]),
        // The readers of logs, for Fuzzing/.
        .library(name: "Collection", targets: ["Chronology", "Collection", "EventStore", "Records"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.19.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: [.defaults, "YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: shims + pure + ground + lifeCycle + edges + tests,
    cxxLanguageStandard: .cxx17
)

let shimNames = Set(shims.map(\.name))
for target in package.targets where !shimNames.contains(target.name) {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),  // SE-0335
        .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
        .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
        .treatAllWarnings(as: .error),
    ]
}
