# A hard question after a minute of the usual: brows, lips and pitch rise together, and calm down again.
device-check
only take_a_breath
0:00 speak 140
1:10 tense 0.45
1:16 calm
1:40 end
expect hint take_a_breath between 1:11 and 1:15
expect spikes 1
expect stress_recovery over 1
expect stress_recovery under 12
hint 1:11.6 take_a_breath | several signs of strain came together
