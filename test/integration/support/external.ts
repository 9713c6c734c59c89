import { execFileSync } from 'node:child_process';

/** Builds client, gateway and backend in namespaces `<prefix>c`, `<prefix>g` and `<prefix>b`, as any admin would. */
export const EXTERNAL = (prefix: string): { up(): void; down(): void } => {
  const sh = (script: string) => execFileSync('sh', ['-ec', script], { env: { ...process.env, P: prefix }, stdio: 'pipe' });
  return { up: () => sh(UP), down: () => sh(DOWN) };
};

const UP = `
for n in c g b; do ip netns add $P$n; ip -n $P$n link set lo up; done
for n in c g b; do ip netns exec $P$n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; done
ip -n $P"g" link add vc type veth peer name eth0 netns $P"c"
ip -n $P"g" link add vb type veth peer name eth0 netns $P"b"
ip -n $P"g" addr add 198.18.0.1/24 dev vc; ip -n $P"g" link set vc up
ip -n $P"g" addr add 198.19.0.1/24 dev vb; ip -n $P"g" link set vb up
ip -n $P"c" addr add 198.18.0.2/24 dev eth0; ip -n $P"c" link set eth0 up; ip -n $P"c" route add default via 198.18.0.1
ip -n $P"b" addr add 198.19.0.2/24 dev eth0; ip -n $P"b" link set eth0 up; ip -n $P"b" route add default via 198.19.0.1
ip netns exec $P"g" sysctl -qw net.ipv4.ip_forward=1
ip netns exec $P"g" nft -f - <<X
table ip site {
  chain in { type nat hook prerouting priority -100; ip daddr 198.18.1.1 tcp dport 80 dnat to 198.19.0.2:8080; ip daddr 198.18.1.1 tcp dport 81 dnat to 198.19.0.2:8081; }
  chain out { type nat hook postrouting priority 100; oifname "vb" masquerade; }
}
X`;

const DOWN = 'for n in c g b; do ip netns del $P$n 2>/dev/null || true; done';
