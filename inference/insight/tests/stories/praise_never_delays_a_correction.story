# Praised, and then quiet: the correction does not wait for the budget of the praise.
device-check
only lively_tone speak_up
0:00 speak 140
0:00 tone 3.6
0:33 level -10
1:00 end
expect hint lively_tone between 0:20 and 0:33
expect hint speak_up between 0:35 and 0:42
hint 0:24.4 lively_tone | your voice rose and fell freely over the last 20 s
hint 0:38.2 speak_up | about 60 % as loud as usual over the last 8 s
