import CDuckDB
import Foundation
import KQLValues

extension KQLType {
    /// How values of this type are stored. Instants and time spans are ticks of 100 ns, so that nothing is rounded and
    /// KQL's arithmetic is integer arithmetic; decimals and dynamic values are text.
    var duckDBName: String {
        switch self {
        case .bool: "BOOLEAN"
        case .int: "INTEGER"
        case .long, .datetime, .timespan: "BIGINT"
        case .real: "DOUBLE"
        case .guid: "UUID"
        case .string, .decimal, .dynamic: "VARCHAR"
        }
    }

    /// The number of `duckDBName` in `duckdb_type`.
    var duckDBType: UInt32 {
        switch self {
        case .bool: UInt32(CDUCKDB_TYPE_BOOLEAN)
        case .int: UInt32(CDUCKDB_TYPE_INTEGER)
        case .long, .datetime, .timespan: UInt32(CDUCKDB_TYPE_BIGINT)
        case .real: UInt32(CDUCKDB_TYPE_DOUBLE)
        case .guid: UInt32(CDUCKDB_TYPE_UUID)
        case .string, .decimal, .dynamic: UInt32(CDUCKDB_TYPE_VARCHAR)
        }
    }
}

extension CDuckDBHugeInt {
    /// A UUID's 128 bits, the highest one turned round so that they sort as signed numbers.
    init(_ guid: UUID) {
        let (upper, lower) = withUnsafeBytes(of: guid.uuid) {
            (
                UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        self.init(lower: lower, upper: Int64(bitPattern: upper ^ 1 << 63))
    }

    var guid: UUID {
        var uuid = Column.noGUID.uuid
        withUnsafeMutableBytes(of: &uuid) {
            $0.storeBytes(of: (UInt64(bitPattern: upper) ^ 1 << 63).bigEndian, as: UInt64.self)
            $0.storeBytes(of: lower.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        return UUID(uuid: uuid)
    }
}
