package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/// The rows for programs: `bench/results/SUITE.json`.
///
/// @param date when the run began, ISO 8601 in UTC
/// @param commit what was measured, with "+changes" if the sources differed from it
record Results(String date, String machine, String jdk, String commit, boolean quick, List<Row> rows) {
    void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, json());
    }

    String json() {
        var lines = new StringJoiner(",\n    ", "[\n    ", "\n  ]");
        lines.setEmptyValue("[]");
        rows.forEach(row -> lines.add(json(row)));
        return "{\n  \"date\": " + quoted(date) + ",\n  \"machine\": " + quoted(machine) + ",\n  \"jdk\": "
                + quoted(jdk) + ",\n  \"commit\": " + quoted(commit) + ",\n  \"quick\": " + quick + ",\n  \"rows\": "
                + lines + "\n}\n";
    }

    private static String json(Row row) {
        return "{\"work\": " + quoted(row.work()) + ", \"peer\": " + quoted(row.peer()) + ", \"unit\": "
                + quoted(row.metric().unit()) + ", \"sluice\": " + number(row.sluice()) + ", \"peer_value\": "
                + number(row.peerValue()) + ", \"ratio\": " + number(row.ratio()) + ", \"goal\": " + row.goal()
                + ", \"met\": " + row.met() + "}";
    }

    /// Four digits are more than a measurement holds; JSON has no infinity, which a ratio to 0 would be.
    private static String number(double value) {
        if (!Double.isFinite(value)) {
            return "null";
        }
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 1000 ? "%.0f" : size >= 10 ? "%.2f" : "%.4f", value);
    }

    private static String quoted(String text) {
        var json = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                json.append('\\').append((char) c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", c));
            } else {
                json.append((char) c);
            }
        });
        return json.append('"').toString();
    }
}
