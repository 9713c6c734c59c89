/** What `ctload init` writes. */
export const STARTER = `# A ctload scenario: connections through a gateway with a small conntrack table. Run it with: ctload run FILE
# ctload inspect FILE prints every default and predicts when the table is full.
version: 1
name: my-gateway
description: Requests and WebSockets through a table of 4,096 entries

gateway:
  dataplane: iptables # or nftables: DNAT of a virtual IP and masquerade, as kube-proxy does
  conntrack:
    max: 4096 # maximum number of entries; 20k and 1m work too
    # prefill: 0.5 # half of the table is full before the load starts
    # timeouts: {tcp_time_wait: 60s} # the kernel's default is 120s

probe:
  interval: 10ms # between two samples of the table

# All floods run at once, each from its startTime.
floods:
  # A new TCP connection for every request; each leaves a TIME_WAIT entry for 120 s.
  requests:
    kind: short
    executor: ramping-arrival-rate # or constant-arrival-rate {rate, duration}, burst {connections}
    startRate: 100 # connections per second
    stages:
      - {duration: 5s, target: 500}
      - {duration: 10s, target: 1000}
    connectTimeout: 5s
    close: fin # or rst: the entry expires after 10 s instead

  # WebSockets held open: are they affected when the table is full?
  sockets:
    kind: long
    executor: ramping-connections # or constant-connections {connections, duration}
    stages:
      - {duration: 5s, target: 200} # the last target is held until the load ends
    heartbeat: 1s

  # Connections that both ends forget, so that only the gateway still has them.
  # leaked:
  #   kind: stale
  #   executor: constant-arrival-rate
  #   rate: 20
  #   duration: 15s

# Pass criteria in k6's grammar; exit 99 when one fails.
# thresholds:
#   conn_failed: [rate<0.01]
#   conn_connecting{flood:requests}: [p(99)<250]
#   conntrack_drop: [{threshold: count==0, abortOnFail: true}] # stops the load at the break
`;
