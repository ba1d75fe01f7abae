# The same strain in the first minute: what is usual is not sure enough to say anything while the person speaks.
device-check
only take_a_breath
0:00 speak 140
0:30 tense 0.45
0:36 calm
0:55 end
expect no hint take_a_breath
expect spikes 1
