import type { OtherTable } from '../../model/result/findings.ts';

/** What the tables are called that are not the gateway's. */
export const TABLES: Readonly<Record<OtherTable, string>> = {
  client: "the client's table",
  backend: "the backend's table",
  host: "this machine's own table",
};
