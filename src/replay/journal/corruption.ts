/** What a journal must obey, by name: the `rule` of a {@link JournalCorruption}. */
export type JournalRule =
  | 'magic' // a segment begins with DJSG
  | 'format' // its format is the one of this version
  | 'header' // its header is whole and readable
  | 'stream' // the header's machine is the one of the file's name
  | 'segment-number' // the header's number is the one of the file's name
  | 'missing-segment' // numbers follow one another
  | 'identity' // all segments are of one run, config, universe and version
  | 'segment-digest' // the header carries the digest that the segment before ends with
  | 'first-sequence' // the segment begins where the one before ended
  | 'compression' // a compressed segment can be decompressed
  | 'incomplete' // only the last record of the last segment may be cut short
  | 'length' // a payload's length is one that the segment can hold
  | 'kind' // a record is of a known kind
  | 'checksum' // a record's checksum fits its bytes
  | 'sequence' // sequences follow one another
  | 'chain' // a record carries the checksum of the one before
  | 'gap' // a gap says how many sequences it stands for
  | 'pruned-marker' // the note of a prune is readable
  | 'replay'; // a record of execution is what its machine does with the records before it

/** Where a rule was broken. */
export interface CorruptionSite {
  /** File name in the journal's folder. */
  readonly segment: string;
  /** Sequence that the record there should have; NaN where no record is concerned. */
  readonly record: number;
  /** Bytes from the start of the (decompressed) segment. */
  readonly offset: number;
  readonly rule: JournalRule;
}

/**
 * A journal holds what its writer cannot have left behind: anything wrong but a torn tail. Nothing was changed.
 * Exit code 4.
 */
export class JournalCorruption extends Error implements CorruptionSite {
  override readonly name = 'JournalCorruption';
  readonly segment: string;
  readonly record: number;
  readonly offset: number;
  readonly rule: JournalRule;
  /** What was found there, and what should be. */
  readonly detail: string;

  constructor(site: CorruptionSite, detail: string) {
    const record = Number.isNaN(site.record) ? '' : `, record ${site.record}`;
    super(`journal is corrupt: ${site.segment}${record}, offset ${site.offset}: ${detail} (rule ${site.rule})`);
    this.segment = site.segment;
    this.record = site.record;
    this.offset = site.offset;
    this.rule = site.rule;
    this.detail = detail;
  }
}
