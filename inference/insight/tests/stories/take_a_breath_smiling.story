# Brows, lips and pitch rise together in a broad smile: that is joy.
device-check
only take_a_breath
0:00 speak 140
1:10 smile 0.8
1:10 tense 0.45
1:16 calm
1:17 smile 0
1:40 end
expect no hint take_a_breath
expect spikes 0
