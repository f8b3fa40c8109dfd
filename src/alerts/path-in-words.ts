import type { Path } from "../events.ts";

/** A path as people call it, as a Prometheus template over an alert's labels. */
export const PATH_TEMPLATE = [
  "{{ $labels.module }}",
  '{{ if eq $labels.direction "inbound" }}',
  " to {{ $labels.ip_resource }} ({{ $labels.address }})",
  "{{ else }}",
  " from {{ with $labels.ip_resource }}{{ . }} ({{ $labels.address }}){{ else }}the node itself{{ end }}",
  " to {{ $labels.peer }}{{ with $labels.peer_address }} ({{ . }}){{ end }}",
  "{{ end }}",
].join("");

/** What the template above makes of a path. */
export function pathInWords(path: Path): string {
  const ipResource = `${path.ipResource} (${path.address})`;
  if (path.direction === "inbound") return `${path.module} to ${ipResource}`;
  const from = path.ipResource === "" ? "the node itself" : ipResource;
  const to = path.peerAddress === "" ? path.peer : `${path.peer} (${path.peerAddress})`;
  return `${path.module} from ${from} to ${to}`;
}
