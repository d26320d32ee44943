package dev.sluice.layer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Prints the layers of a stack, the top one first.
final class LayerTable {
    private static final int NAME_COLUMN = 1;

    private LayerTable() {}

    static String print(List<LayerStatistics> layers) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("osi", "layer", "messages in", "out", "bytes in", "out", "waited"));
        for (LayerStatistics layer : layers) {
            rows.add(List.of(
                    Integer.toString(layer.osi()),
                    layer.name(),
                    count(layer.in().messages()),
                    count(layer.out().messages()),
                    grouped(layer.in().bytes()),
                    grouped(layer.out().bytes()),
                    time(layer.waited())));
        }
        return aligned(rows);
    }

    /// Nothing, where nothing is counted.
    private static String count(long messages) {
        return messages == 0 ? "" : grouped(messages);
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
    }

    private static String time(Duration waited) {
        return waited.isZero() ? "" : String.format(Locale.ROOT, "%.3f s", waited.toNanos() / 1e9);
    }

    private static String aligned(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        var table = new StringBuilder();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String cell = row.get(column);
                String space = " ".repeat(widths[column] - cell.length());
                line.append(column == NAME_COLUMN ? cell + space : space + cell).append("  ");
            }
            table.append(line.toString().stripTrailing()).append('\n');
        }
        return table.toString();
    }
}
