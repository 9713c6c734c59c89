# Sends one segment far out of the window on every TCP connection that this network namespace accepts at a port, as upstream's test of
# kubernetes/kubernetes#74839 does (test/images/regression-issue-74839): perl out-of-window.pl PORT SECONDS
use strict;
use warnings;
use Socket;

my ($port, $seconds) = @ARGV;
my $TCP = 6;
socket(my $in, AF_INET, SOCK_RAW, $TCP) or die "socket: $!";
socket(my $out, AF_INET, SOCK_RAW, 255) or die "socket: $!"; # IPPROTO_RAW: with the IP header
my %done;
$SIG{ALRM} = sub { exit 0 };
alarm $seconds;
while (defined(recv($in, my $packet, 65_535, 0))) {
    my ($version, $from, $to) = unpack('C x11 a4 a4', $packet);
    my ($source, $target, $seq, $ack, undef, $flags) = unpack('n n N N C C', substr($packet, ($version & 15) * 4));
    next if $target != $port || ($flags & 0x17) != 0x10; # ACK, and neither FIN, SYN nor RST
    next if $done{"$from$source"}++;
    my $far = ($ack + 0x1000_0000) & 0xffff_ffff;
    my $segment = pack('n n N N C C n n n a8', $target, $source, $far, $seq, 5 << 4, 0x18, 65_535, 0, 0, 'x' x 8);
    my $sum = unpack('%32n*', pack('a4 a4 x C n', $to, $from, $TCP, length $segment) . $segment);
    $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
    substr($segment, 16, 2) = pack('n', ~$sum & 0xffff);
    my $header = pack('C C n n n C C n a4 a4', 0x45, 0, 20 + length $segment, 0, 0, 64, $TCP, 0, $to, $from);
    send($out, $header . $segment, 0, pack_sockaddr_in(0, $from));
}
