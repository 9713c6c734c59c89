/** A small report that is the same in every format. Texts are plain: no markup in them. */
export interface ReportDocument {
  readonly title: string;
  /** One or two sentences under the title. */
  readonly lead: readonly string[];
  readonly sections: readonly Section[];
}

export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** First row: headings. The first column is flush left, the others right. */
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'code'; readonly name: string; readonly code: string }
  /** A picture of what a table says too, in seconds; on pages only. */
  | {
      readonly kind: 'intervals';
      readonly label: string;
      readonly rows: readonly { readonly name: string; readonly intervals: readonly Interval[] }[];
    };

/** A median between two ends; null for what never came, beyond all that did. */
export interface Interval {
  readonly name: string;
  readonly low: number | null;
  readonly median: number | null;
  readonly high: number | null;
  /** What to call that which never came. */
  readonly never: string;
}
