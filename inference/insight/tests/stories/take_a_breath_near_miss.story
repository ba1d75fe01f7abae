# A flicker of a frown: one signal, and small.
device-check
only take_a_breath
0:00 speak 140
0:40 tense 0.03
0:46 calm
1:10 end
expect no hint take_a_breath
expect spikes 0
expect words "No hard moment was seen"
