/**
 * vCPUs and memory of EC2 instance types, as the labels `instance-cpu` and `instance-memory` (MiB) of Karpenter's AWS provider
 * have them: website/content/en/preview/reference/instance-types.md of aws/karpenter-provider-aws, generated from
 * DescribeInstanceTypes on EC2_CATALOGUE_DATE (1,363 types). One line for families of the same shape: GiB for each vCPU, then
 * sizes. `large` has 2 vCPUs, `Nxl` (N-times xlarge) 4·N; a size of another shape says `=vCPUs/MiB`.
 */
export const EC2_CATALOGUE = `
a1: 2: medium large xl 2xl 4xl metal=16/32768
c1: -: medium=2/1740 xl=8/7168
c3: 1.875: large xl 2xl 4xl 8xl
c4: 1.875: large xl 2xl 4xl 8xl=36/61440
c5 c5d: 2: large xl 2xl 4xl 9xl 12xl 18xl 24xl metal=96/196608
c5a c5ad: 2: large xl 2xl 4xl 8xl 12xl 16xl 24xl
c5n: 2.625: large xl 2xl 4xl 9xl=36/98304 18xl=72/196608 metal=72/196608
c6a: 2: large xl 2xl 4xl 8xl 12xl 16xl 24xl 32xl 48xl metal=192/393216
c6g c6gd c7g c7gd c7gn: 2: medium large xl 2xl 4xl 8xl 12xl 16xl metal=64/131072
c6gn: 2: medium large xl 2xl 4xl 8xl 12xl 16xl
c6i c6id c6in: 2: large xl 2xl 4xl 8xl 12xl 16xl 24xl 32xl metal=128/262144
c7a: 2: medium large xl 2xl 4xl 8xl 12xl 16xl 24xl 32xl 48xl metal-48xl=192/393216
c7i: 2: large xl 2xl 4xl 8xl 12xl 16xl 24xl 48xl metal-24xl=96/196608 metal-48xl=192/393216
c7i-flex c8i-flex: 2: large xl 2xl 4xl 8xl 12xl 16xl
c8a c8g c8gb c8gd c8gn: 2: medium large xl 2xl 4xl 8xl 12xl 16xl 24xl 48xl metal-24xl=96/196608 metal-48xl=192/393216
c8i c8ib c8id c8in: 2: large xl 2xl 4xl 8xl 12xl 16xl 24xl 32xl 48xl 96xl metal-48xl=192/393216 metal-96xl=384/786432
c8ine: 2: large xl 2xl 4xl 8xl 12xl
c9g c9gd: 2: medium large xl 2xl 4xl 8xl 12xl 16xl 24xl 48xl metal-48xl=192/393216
d2: 7.625: xl 2xl 4xl 8xl=36/249856
d3: 8: xl 2xl 4xl 8xl
d3en: 4: xl 2xl 4xl 6xl 8xl 12xl
dl2q p3dn: 8: 24xl
f2: -: 6xl=24/262144 12xl=48/524288 48xl=192/2097152
g4ad: 4: xl 2xl 4xl 8xl 16xl
g4dn: 4: xl 2xl 4xl 8xl 12xl 16xl metal=96/393216
g5 g6: 4: xl 2xl 4xl 8xl 12xl 16xl 24xl 48xl
g5g: 2: xl 2xl 4xl 8xl 16xl metal=64/131072
g6e: 8: xl 2xl 4xl 8xl 12xl 16xl 24xl 48xl
g6f: 4: large xl 2xl 4xl
g7: 4: 2xl 4xl 8xl 12xl 24xl 48xl
g7e: 8: 2xl 4xl 8xl 12xl=48/524288 24xl=96/1048576 48xl=192/2097152
gr6: 8: 4xl 8xl
gr6f: 8: 4xl
h1: 4: 2xl 4xl 8xl 16xl
hpc6a: -: 48xl=96/393216
hpc6id: -: 32xl=64/1048576
hpc7a: -: 12xl=24/786432 24xl=48/786432 48xl=96/786432 96xl=192/786432
hpc7g: 8: 4xl 8xl=32/131072 16xl=64/131072
hpc8a: -: 96xl=192/786432
i2: 7.625: xl 2xl 4xl 8xl
i3 r4: 7.625: large xl 2xl 4xl 8xl 16xl
i3en: 8: large xl 2xl 3xl 6xl 12xl 24xl metal=96/786432
i4g: 8: large xl 2xl 4xl 8xl 16xl
i4i r6i r6id r6idn r6in: 8: large xl 2xl 4xl 8xl 12xl 16xl 24xl 32xl metal=128/1048576
i7i i8g r7i: 8: large xl 2xl 4xl 8xl 12xl 16xl 24xl 48xl metal-24xl=96/786432 metal-48xl=192/1572864
i7ie i8ge: 8: large xl 2xl 3xl 6xl 12xl 18xl 24xl 48xl metal-24xl=96/786432 metal-48xl=192/1572864
im4gn: 4: large xl 2xl 4xl 8xl 16xl
inf1: 2: xl 2xl 6xl 24xl
inf2: 4: xl 8xl 24xl 48xl
is4gen: 6: medium large xl 2xl 4xl 8xl
m1: 3.75: large xl small=1/1740 medium=1/3788
m2: -: xl=2/17510 2xl=4/35020 4xl=8/70041
m3: 3.75: medium large xl 2xl
m4: 4: large xl 2xl 4xl 10xl 16xl
m5 m5d m5dn m5n: 4: large xl 2xl 4xl 8xl 12xl 16xl 24xl metal=96/393216
m5a m5ad: 4: large xl 2xl 4xl 8xl 12xl 16xl 24xl
m5zn: 4: large xl 2xl 3xl 6xl 12xl metal=48/196608
m6a: 4: large xl 2xl 4xl 8xl 12xl 16xl 24xl 32xl 48xl metal=192/786432
m6g m6gd m7g m7gd: 4: medium large xl 2xl 4xl 8xl 12xl 16xl metal=64/262144
m6i m6id m6idn m6in: 4: large xl 2xl 4xl 8xl 12xl 16xl 24xl 32xl metal=128/524288
m7a: 4: medium large xl 2xl 4xl 8xl 12xl 16xl 24xl 32xl 48xl metal-48xl=192/786432
m7i: 4: large xl 2xl 4xl 8xl 12xl 16xl 24xl 48xl metal-24xl=96/393216 metal-48xl=192/786432
m7i-flex m8i-flex: 4: large xl 2xl 4xl 8xl 12xl 16xl
m8a m8g m8gb m8gd m8gn: 4: medium large xl 2xl 4xl 8xl 12xl 16xl 24xl 48xl metal-24xl=96/393216 metal-48xl=192/786432
m8azn: 4: medium large xl 3xl 6xl 12xl 24xl metal-12xl=48/196608 metal-24xl=96/393216
m8i m8ib m8id m8idb m8idn m8in: 4: large xl 2xl 4xl 8xl 12xl 16xl 24xl 32xl 48xl 96xl metal-48xl=192/786432 metal-96xl=384/1572864
m8ine: 4: large xl 2xl 4xl 8xl 12xl
m9g m9gd: 4: medium large xl 2xl 4xl 8xl 12xl 16xl 24xl 48xl metal-48xl=192/786432
p4d p4de: 12: 24xl
p5: 16: 4xl 48xl=192/2097152
p5e p5en p6-b200 trn2: -: 48xl=192/2097152
p6-b300: -: 48xl=192/4194304
r3: 7.625: xl 2xl 4xl 8xl large=2/15360
r5 r5b r5d r5dn r5n: 8: large xl 2xl 4xl 8xl 12xl 16xl 24xl metal=96/786432
r5a r5ad: 8: large xl 2xl 4xl 8xl 12xl 16xl 24xl
r6a: 8: large xl 2xl 4xl 8xl 12xl 16xl 24xl 32xl 48xl metal=192/1572864
r6g r6gd r7g r7gd: 8: medium large xl 2xl 4xl 8xl 12xl 16xl metal=64/524288
r7a: 8: medium large xl 2xl 4xl 8xl 12xl 16xl 24xl 32xl 48xl metal-48xl=192/1572864
r7iz: 8: large xl 2xl 4xl 8xl 12xl 16xl 32xl metal-16xl=64/524288 metal-32xl=128/1048576
r8a r8g r8gb r8gd r8gn: 8: medium large xl 2xl 4xl 8xl 12xl 16xl 24xl 48xl metal-24xl=96/786432 metal-48xl=192/1572864
r8i r8ib r8id r8idb r8idn r8in: 8: large xl 2xl 4xl 8xl 12xl 16xl 24xl 32xl 48xl 96xl metal-48xl=192/1572864 metal-96xl=384/3145728
r8i-flex: 8: large xl 2xl 4xl 8xl 12xl 16xl
t1: -: micro=1/627
t2: 4: large xl 2xl nano=1/512 micro=1/1024 small=1/2048 medium=2/4096
t3 t3a t4g: 4: large xl 2xl nano=2/512 micro=2/1024 small=2/2048 medium=2/4096
trn1: 4: 2xl 32xl
trn1n: 4: 32xl
u-3tb1: -: 56xl=224/3145728
u-6tb1: -: 56xl=224/6291456 112xl=448/6291456
u7i-12tb: -: 224xl=896/12582912
u7i-6tb: -: 112xl=448/6291456
u7i-8tb: -: 112xl=448/8388608
u7in-16tb: -: 224xl=896/16777216
u7in-24tb: -: 224xl=896/25165824
u7in-32tb: -: 224xl=896/33554432
vt1: 2: 3xl 6xl 24xl
x1: 15.25: 16xl 32xl
x1e: 30.5: xl 2xl 4xl 8xl 16xl 32xl
x2gd: 16: medium large xl 2xl 4xl 8xl 12xl 16xl metal=64/1048576
x2idn: 16: 16xl 24xl 32xl metal=128/2097152
x2iedn: 32: xl 2xl 4xl 8xl 16xl 24xl 32xl metal=128/4194304
x2iezn: 32: 2xl 4xl 6xl 8xl 12xl metal=48/1572864
x8aedz: 32: large xl 3xl 6xl 12xl 24xl metal-12xl=48/1572864 metal-24xl=96/3145728
x8g: 16: medium large xl 2xl 4xl 8xl 12xl 16xl 24xl 48xl metal-24xl=96/1572864 metal-48xl=192/3145728
x8i: 16: large xl 2xl 4xl 8xl 12xl 16xl 24xl 32xl 48xl 64xl 96xl metal-48xl=192/3145728 metal-96xl=384/6291456
z1d: 8: large xl 2xl 3xl 6xl 12xl metal=48/393216
`;

/** ISO 8601. A type that is newer is unknown here. */
export const EC2_CATALOGUE_DATE = '2026-07-11';
