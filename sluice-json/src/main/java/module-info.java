/// Codecs for JSON, by Jackson.
module dev.sluice.json {
    requires transitive dev.sluice;
    requires transitive com.fasterxml.jackson.databind;
    requires static org.jspecify; // annotations only

    exports dev.sluice.json;
}
