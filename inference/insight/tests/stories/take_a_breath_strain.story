# A hard question: brows, lips and pitch rise together, and calm down again.
device-check
only take_a_breath
0:00 speak 140
0:40 tense 0.45
0:46 calm
1:10 end
expect hint take_a_breath between 0:41 and 0:45
expect spikes 1
expect stress_recovery over 1
expect stress_recovery under 12
hint 0:41.6 take_a_breath | several signals rose together, to 6.2 times their usual spread
