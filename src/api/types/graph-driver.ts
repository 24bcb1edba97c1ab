export interface GraphDriver {
  readonly Data: Readonly<Record<string, string>> | null;
  readonly Name: string;
}
