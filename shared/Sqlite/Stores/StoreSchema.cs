using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Stores;

/// <summary>
/// The tables of the stores; contract section 11 tells what they mean. Times are milliseconds since 1970. A store, an event name of a store and
/// a key of an event name are numbered (the tables <c>*_names</c>), because the same long texts would otherwise stand in every row of every index.
/// </summary>
internal static class StoreSchema
{
    public static readonly Migrations Migrations = new(
        FilePair.Schema +
        """
        CREATE TABLE store_names(store INTEGER PRIMARY KEY, store_id TEXT NOT NULL UNIQUE);
        CREATE TABLE event_names(event INTEGER PRIMARY KEY, store INTEGER NOT NULL, event_name TEXT NOT NULL, UNIQUE(store, event_name));
        CREATE TABLE key_names(key INTEGER PRIMARY KEY, event INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE(event, name));

        CREATE TABLE stores(store_id TEXT PRIMARY KEY, created_at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE api_keys(
          hash TEXT PRIMARY KEY, key_id TEXT NOT NULL UNIQUE, store_id TEXT NOT NULL, name TEXT, scopes TEXT NOT NULL,
          created_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER) WITHOUT ROWID;
        CREATE INDEX api_keys_of_store ON api_keys(store_id);

        CREATE TABLE claims(
          store INTEGER NOT NULL, unique_id TEXT NOT NULL, event_id BLOB NOT NULL, PRIMARY KEY(store, unique_id)) WITHOUT ROWID;

        -- created_by, email_by and phone_number_by are the positions that put them there; marks the highest position of each raw partition.
        CREATE TABLE customers(
          store INTEGER NOT NULL, customer_id BLOB NOT NULL, email TEXT, phone_number TEXT,
          created_by BLOB NOT NULL, email_by BLOB, phone_number_by BLOB,
          created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 0, marks BLOB,
          first_name TEXT, last_name TEXT, location TEXT, custom_fields TEXT,
          PRIMARY KEY(store, customer_id)) WITHOUT ROWID;
        CREATE UNIQUE INDEX customers_by_email ON customers(store, email) WHERE email IS NOT NULL;
        CREATE UNIQUE INDEX customers_by_phone_number ON customers(store, phone_number) WHERE phone_number IS NOT NULL;

        -- document is the event of contract section 11 as relaxed Extended JSON.
        CREATE TABLE events(
          number INTEGER PRIMARY KEY, event_id BLOB NOT NULL UNIQUE, store INTEGER NOT NULL, unique_id TEXT, event INTEGER NOT NULL,
          customer_id BLOB NOT NULL, occurred_at INTEGER NOT NULL, received_at INTEGER NOT NULL, document TEXT NOT NULL);
        CREATE UNIQUE INDEX events_by_unique_id ON events(store, unique_id) WHERE unique_id IS NOT NULL;
        CREATE INDEX events_by_customer ON events(store, customer_id, occurred_at DESC);
        CREATE INDEX events_by_name ON events(event, occurred_at DESC);

        -- Nothing but the key: a condition is one range of it. Integers and doubles compare by their exact values, texts by their bytes.
        -- type: 1 string, 2 number, 3 boolean (0 or 1), 4 date (milliseconds since 1970).
        CREATE TABLE segment_index(
          key INTEGER NOT NULL, type INTEGER NOT NULL, value NOT NULL, occurred_at INTEGER NOT NULL, customer_id BLOB NOT NULL, event_id BLOB NOT NULL,
          PRIMARY KEY(key, type, value, occurred_at, customer_id, event_id)) WITHOUT ROWID;

        CREATE TABLE catalog_events(event INTEGER PRIMARY KEY, first_seen_at INTEGER NOT NULL);
        CREATE TABLE catalog_properties(
          event INTEGER NOT NULL, name TEXT NOT NULL, place INTEGER NOT NULL, types TEXT NOT NULL, PRIMARY KEY(event, name)) WITHOUT ROWID;

        CREATE TABLE rejections(
          number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, store_id TEXT, stage TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL, pointer TEXT,
          rejected_at INTEGER NOT NULL, event_id BLOB NOT NULL, source_topic TEXT NOT NULL, source_partition INTEGER, source_offset INTEGER,
          replayed_at INTEGER, headers BLOB NOT NULL, payload BLOB NOT NULL);
        CREATE INDEX rejections_of_store ON rejections(store_id, rejected_at DESC, id);
        CREATE INDEX rejections_by_time ON rejections(rejected_at DESC, id);
        """,
        """
        -- Which record uses an event-id that its producer chose; used_by is its position, content the begin of its value's SHA-256.
        CREATE TABLE used_ids(event_id BLOB PRIMARY KEY, store INTEGER NOT NULL, used_by BLOB NOT NULL, content INTEGER NOT NULL) WITHOUT ROWID;
        """);
}
