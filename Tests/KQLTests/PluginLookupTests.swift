import KQL
import KQLSyntax
import Testing

struct PluginLookupTests {
    @Test func `the longest IPv4 network wins and extra keys must agree`() throws {
        let found = try rows(
            """
            let Nets = datatable(net: string, site: string, name: string)
                ['10.0.0.0/8', 'x', 'wide', '10.1.0.0/16', 'x', 'narrow', '10.1.0.0/16', 'y', 'other'];
            datatable(ip: string, site: string) ['10.1.2.3', 'x', '10.9.9.9', 'x', '10.1.2.3', 'y', '1.1.1.1', 'x']
            | evaluate ipv4_lookup(Nets, ip, net, site, return_unmatched = true)
            """)
        #expect(
            found == [
                "ip:string|site:string|net:string|name:string", "10.1.2.3|x|10.1.0.0/16|narrow",
                "10.9.9.9|x|10.0.0.0/8|wide", "10.1.2.3|y|10.1.0.0/16|other", "1.1.1.1|x||",
            ])
    }

    @Test func `IPv6 networks hold addresses of their prefix and IPv4 ones as mapped`() throws {
        let found = try rows(
            """
            let Nets = datatable(net: string, name: string) ['2001:db8::/32', 'doc', '2001:db8:1::/48', 'one', '192.0.2.0/24', 'v4'];
            datatable(ip: string) ['2001:db8:1::9', '2001:db8:2::1', '::ffff:192.0.2.7', '::1']
            | evaluate ipv6_lookup(Nets, ip, net) | project ip, name
            """)
        #expect(found[1...] == ["2001:db8:1::9|one", "2001:db8:2::1|doc", "::ffff:192.0.2.7|v4"])
    }

    @Test func `points are found in polygons and near lines`() throws {
        let inPolygon = try rows(
            """
            let Areas = datatable(area: dynamic, name: string)
                [dynamic({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}), 'square'];
            datatable(x: real, y: real) [0.5, 0.5, 1.01, 0.5, 5.0, 5.0]
            | evaluate geo_polygon_lookup(Areas, area, x, y, radius = 2000)
            """)
        #expect(inPolygon == ["x:real|y:real|name:string", "0.5|0.5|square", "1.01|0.5|square"])
        let nearLine = try rows(
            """
            let Roads = datatable(road: dynamic, name: string)
                [dynamic({"type": "LineString", "coordinates": [[0, 0], [1, 0]]}), 'equator'];
            datatable(x: real, y: real) [0.5, 0.0001, 0.5, 1.0]
            | evaluate geo_line_lookup(Roads, road, x, y, 100) | project x, y, name
            """)
        #expect(nearLine[1...] == ["0.5|0.0001|equator"])
    }

    @Test(arguments: ["r", "sql_request", "infer_storage_schema"])
    func `plugins that reach outside are refused with a reason`(_ name: String) {
        let messages = errors("print x = 1 | evaluate \(name)('a')")
        #expect(messages.count == 1)
        #expect(messages[0].contains("the plugin '\(name)' does not run here; queries cannot"))
    }

    @Test func `a refused plugin may have a schema among its arguments`() {
        let messages = errors("print x = 1 | evaluate python(typeof(*, y: long), 'y = 1')")
        #expect(messages.count == 1)
        #expect(messages[0].contains("cannot run code of other languages"))
    }

    @Test func `every plugin is described`() {
        #expect(PluginDescription.all.count { $0.refusal == nil } >= 27)
        #expect(PluginDescription.all.allSatisfy { $0.summary.hasSuffix(".") })
        #expect(Set(PluginDescription.all.map(\.name)).count == PluginDescription.all.count)
    }
}
