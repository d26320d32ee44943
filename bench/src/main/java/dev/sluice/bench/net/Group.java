package dev.sluice.bench.net;

import java.util.List;

/// Works that the same servers do.
///
/// @param service what the servers do: see [Service]
/// @param peers Sluice first
record Group(String service, List<Peer> peers, List<Cell> cells) {
    Group {
        peers = List.copyOf(peers);
        cells = List.copyOf(cells);
    }

    /// With those works only whose names contain a text.
    Group only(String some) {
        return new Group(
                service,
                peers,
                cells.stream().filter(cell -> cell.name().contains(some)).toList());
    }
}
